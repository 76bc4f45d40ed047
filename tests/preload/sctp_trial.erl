%% sctp_trial: Erlang's own gen_sctp, each call of it.
%%
%%   erl ... -run sctp_trial main one          in one node
%%   erl ... -run sctp_trial main two          between this node and another
%%   erl ... -run sctp_trial main listen N     an echo server, until so many
%%                                             associations have ended
%%   erl ... -run sctp_trial main talk PORT N  its client; "loose": stream and
%%                                             protocol id need not come back
%%
%% Anything unexpected is a badmatch, and a status of 1.
-module(sctp_trial).
-export([main/1, peer_main/1, active/0]).
-include_lib("kernel/include/inet.hrl").
-include_lib("kernel/include/inet_sctp.hrl").

-define(LOCAL, {127, 0, 0, 1}).
-define(WAIT, 30000).

main(Args) ->
    try
        run(Args),
        halt(0)
    catch
        Class:Reason:Stack ->
            io:format("~p: ~p~n~p~n", [Class, Reason, Stack]),
            halt(1)
    end.

run(["one"]) ->
    one_node();
run(["two"]) ->
    two_nodes();
run(["listen", N]) ->
    {S, Port} = listener([{active, true}]),
    io:format("listening on ~b~n", [Port]),
    {Messages, Bytes} = echo(S, list_to_integer(N), 0, 0),
    io:format("echoed ~b ~b~n", [Messages, Bytes]);
run(["talk", Port, N]) ->
    talk(list_to_integer(Port), list_to_integer(N), strict);
run(["talk", Port, N, "loose"]) ->
    talk(list_to_integer(Port), list_to_integer(N), loose).

%% -- pieces -----------------------------------------------------------------

open(Opts) ->
    {ok, S} = gen_sctp:open([{ip, ?LOCAL}, binary | Opts]),
    {ok, {?LOCAL, Port}} = inet:sockname(S),
    {S, Port}.

listener(Opts) ->
    {S, Port} = open([{sctp_initmsg, #sctp_initmsg{num_ostreams = 8,
                                                   max_instreams = 8}} | Opts]),
    ok = gen_sctp:listen(S, true),
    {S, Port}.

connect(S, Port) ->
    {ok, #sctp_assoc_change{state = comm_up, error = 0, assoc_id = Id} = C} =
        gen_sctp:connect(S, ?LOCAL, Port, []),
    true = C#sctp_assoc_change.outbound_streams > 0,
    Id.

%% The next message or event of a passive socket.
next(S) ->
    {ok, {_, _, Anc, What}} = gen_sctp:recv(S, ?WAIT),
    {Anc, What}.

%% Wait for a change of this state; data may not come before.
change(S, State) ->
    case next(S) of
        {_, #sctp_assoc_change{state = State, assoc_id = Id}} -> Id;
        {_, #sctp_paddr_change{}} -> change(S, State);
        {_, #sctp_shutdown_event{}} when State =:= shutdown_comp ->
            change(S, State)
    end.

data(S) ->
    case next(S) of
        {[#sctp_sndrcvinfo{} = Info], Data} when is_binary(Data) ->
            {Info, Data};
        {_, #sctp_paddr_change{}} ->
            data(S)
    end.

said(What) ->
    io:format("~s~n", [What]).

%% -- one node ---------------------------------------------------------------

one_node() ->
    {L, LPort} = listener([{active, false}]),
    {C, CPort} = open([{active, false}]),
    true = LPort =/= CPort,
    CId = connect(C, LPort),
    LId = change(L, comm_up),
    true = CId =/= LId,
    said("open, listen, connect"),

    ok = gen_sctp:send(C, CId, 0, <<"hello">>),
    {#sctp_sndrcvinfo{stream = 0, assoc_id = LId}, <<"hello">>} = data(L),
    ok = gen_sctp:send(L, #sctp_sndrcvinfo{stream = 3, ppid = 46,
                                           assoc_id = LId}, <<"answer">>),
    {#sctp_sndrcvinfo{stream = 3, ppid = 46, assoc_id = CId}, <<"answer">>} =
        data(C),
    Big = random_bytes(30000),
    ok = gen_sctp:send(C, CId, 1, Big),
    Big = whole(L, LId, 1, <<>>),
    {error, timeout} = gen_sctp:recv(C, 10),
    said("send, recv"),

    status(C, CId),
    said("status"),
    peeloff(L, LId, C, CId),
    said("peeloff"),

    %% The peeled off socket has gone, and its association with it.
    CId = change(C, shutdown_comp),
    eof(L, C, LPort),
    said("eof"),
    abort(L, C, LPort),
    said("abort"),
    {ok, [{active, false}]} = inet:getopts(L, [active]),
    ok = gen_sctp:close(C),
    ok = gen_sctp:close(L),
    {error, closed} = gen_sctp:recv(L, 10),

    active(),
    said("active once, N, true"),
    refused(),
    said("refused"),
    many_at_once(20, 50),
    said("many at once").

random_bytes(N) ->
    list_to_binary([rand:uniform(256) - 1 || _ <- lists:seq(1, N)]).

%% gen_sctp gives parts of what is longer than its buffer.
whole(S, Id, Stream, Had) ->
    {#sctp_sndrcvinfo{stream = Stream, assoc_id = Id}, Data} = data(S),
    All = <<Had/binary, Data/binary>>,
    case byte_size(All) of
        30000 -> All;
        N when N < 30000 -> whole(S, Id, Stream, All)
    end.

status(S, Id) ->
    {ok, [{sctp_status, #sctp_status{assoc_id = Id, state = established,
                                     instrms = In, outstrms = Out,
                                     fragmentation_point = Frag,
                                     primary = Primary}}]} =
        inet:getopts(S, [{sctp_status, #sctp_status{assoc_id = Id}}]),
    true = In > 0 andalso Out > 0 andalso Frag > 0,
    #sctp_paddrinfo{mtu = Mtu, address = {?LOCAL, _}} = Primary,
    true = Mtu > 500,
    {ok, [{sctp_rtoinfo, #sctp_rtoinfo{initial = 3000, max = 60000,
                                       min = 1000}}]} =
        inet:getopts(S, [{sctp_rtoinfo, #sctp_rtoinfo{assoc_id = Id}}]),
    ok = inet:setopts(S, [{sctp_nodelay, true}]),
    {ok, [{sctp_nodelay, true}]} = inet:getopts(S, [sctp_nodelay]),
    {ok, [{sctp_associnfo, #sctp_assocparams{asocmaxrxt = 10}}]} =
        inet:getopts(S, [{sctp_associnfo, #sctp_assocparams{assoc_id = Id}}]).

peeloff(L, LId, C, CId) ->
    {ok, P} = gen_sctp:peeloff(L, LId),
    ok = gen_sctp:send(C, CId, 2, <<"to the new one">>),
    {#sctp_sndrcvinfo{stream = 2, assoc_id = PId}, <<"to the new one">>} =
        data(P),
    ok = gen_sctp:send(P, PId, 0, <<"from it">>),
    {#sctp_sndrcvinfo{assoc_id = CId}, <<"from it">>} = data(C),
    {error, timeout} = gen_sctp:recv(L, 10),
    ok = gen_sctp:close(P).

%% Ended by one side, which goes on to be a socket.
eof(L, C, Port) ->
    CId = connect(C, Port),
    LId = change(L, comm_up),
    ok = gen_sctp:send(C, CId, 0, <<"last">>),
    ok = gen_sctp:eof(C, #sctp_assoc_change{assoc_id = CId}),
    {_, <<"last">>} = data(L),
    LId = change(L, shutdown_comp),
    CId = change(C, shutdown_comp).

abort(L, C, Port) ->
    CId = connect(C, Port),
    LId = change(L, comm_up),
    ok = gen_sctp:abort(C, #sctp_assoc_change{assoc_id = CId}),
    LId = change(L, comm_lost),
    CId = change(C, comm_lost).

active() ->
    {L, Port} = listener([{active, once}]),
    {C, _} = open([{active, false}]),
    CId = connect(C, Port),
    LId = receive
              {sctp, L, ?LOCAL, _,
               {_, #sctp_assoc_change{state = comm_up, assoc_id = Id}}} -> Id
          after ?WAIT -> exit(no_comm_up)
          end,
    [ok = gen_sctp:send(C, CId, 0, <<N>>) || N <- lists:seq(1, 9)],
    %% Once is once.
    receive Early -> exit({early, Early}) after 100 -> ok end,
    ok = inet:setopts(L, [{active, once}]),
    1 = active_data(L, LId),
    receive Two -> exit({two, Two}) after 100 -> ok end,
    %% Three, and a word that it is over.
    ok = inet:setopts(L, [{active, 3}]),
    [N = active_data(L, LId) || N <- [2, 3, 4]],
    receive {sctp_passive, L} -> ok after ?WAIT -> exit(not_passive) end,
    receive Four -> exit({four, Four}) after 100 -> ok end,
    {_, <<5>>} = data(L),
    ok = inet:setopts(L, [{active, true}]),
    [N = active_data(L, LId) || N <- [6, 7, 8, 9]],
    ok = gen_sctp:close(C),
    receive
        {sctp, L, _, _, {_, #sctp_assoc_change{state = shutdown_comp}}} -> ok
    after ?WAIT -> exit(no_end)
    end,
    ok = gen_sctp:close(L).

%% Events of the end come between.
active_data(S, Id) ->
    receive
        {sctp, S, ?LOCAL, _, {[#sctp_sndrcvinfo{assoc_id = Id}], <<N>>}} -> N
    after ?WAIT -> exit({no_data, process_info(self(), messages)})
    end.

refused() ->
    {C, _} = open([{active, false}]),
    {Other, Port} = open([]),
    {error, #sctp_assoc_change{state = cant_assoc}} =
        gen_sctp:connect(C, ?LOCAL, Port, [], ?WAIT),
    ok = gen_sctp:close(Other),
    ok = gen_sctp:close(C).

%% Processes that have a client each, and one server.
many_at_once(Clients, Messages) ->
    Self = self(),
    Server = spawn_link(fun() ->
        {S, Port} = listener([{active, true}]),
        Self ! {port, Port},
        Self ! {echoed, echo(S, Clients, 0, 0)}
    end),
    Port = receive {port, P} -> P end,
    [spawn_link(fun() ->
        talk_quietly(Port, Messages, strict),
        Self ! done
    end) || _ <- lists:seq(1, Clients)],
    [receive done -> ok after ?WAIT -> exit(client) end
     || _ <- lists:seq(1, Clients)],
    Total = Clients * Messages,
    receive {echoed, {Total, _}} -> ok after ?WAIT -> exit(server) end,
    unlink(Server).

%% -- echo -------------------------------------------------------------------

echo(S, 0, Messages, Bytes) ->
    ok = gen_sctp:close(S),
    {Messages, Bytes};
echo(S, Left, Messages, Bytes) ->
    receive
        {sctp, S, _, _, {[#sctp_sndrcvinfo{} = I], Data}}
          when is_binary(Data) ->
            ok = gen_sctp:send(S, #sctp_sndrcvinfo{
                                     stream = I#sctp_sndrcvinfo.stream,
                                     ppid = I#sctp_sndrcvinfo.ppid,
                                     assoc_id = I#sctp_sndrcvinfo.assoc_id},
                               Data),
            echo(S, Left, Messages + 1, Bytes + byte_size(Data));
        {sctp, S, _, _, {_, #sctp_assoc_change{state = comm_up}}} ->
            echo(S, Left, Messages, Bytes);
        {sctp, S, _, _, {_, #sctp_assoc_change{}}} ->
            echo(S, Left - 1, Messages, Bytes);
        {sctp, S, _, _, {_, #sctp_shutdown_event{}}} ->
            echo(S, Left, Messages, Bytes);
        {sctp, S, _, _, {_, #sctp_paddr_change{}}} ->
            echo(S, Left, Messages, Bytes)
    end.

talk(Port, N, Strict) ->
    Bytes = talk_quietly(Port, N, Strict),
    io:format("echoed ~b ~b~n", [N, Bytes]).

talk_quietly(Port, N, Strict) ->
    {S, _} = open([{active, false}]),
    Id = connect(S, Port),
    Bytes = talk(S, Id, N, Strict, 0),
    ok = gen_sctp:eof(S, #sctp_assoc_change{assoc_id = Id}),
    Id = change(S, shutdown_comp),
    ok = gen_sctp:close(S),
    Bytes.

talk(_, _, 0, _, Bytes) ->
    Bytes;
talk(S, Id, N, Strict, Bytes) ->
    %% Of a size that is one message to gen_sctp's buffer.
    Data = random_bytes(rand:uniform(1400)),
    Stream = rand:uniform(8) - 1,
    Ppid = rand:uniform(16#ffffffff),
    ok = gen_sctp:send(S, #sctp_sndrcvinfo{stream = Stream, ppid = Ppid,
                                           assoc_id = Id}, Data),
    {Info, Data} = data(S),
    Id = Info#sctp_sndrcvinfo.assoc_id,
    case Strict of
        strict ->
            {Stream, Ppid} = {Info#sctp_sndrcvinfo.stream,
                              Info#sctp_sndrcvinfo.ppid};
        loose ->
            ok
    end,
    talk(S, Id, N - 1, Strict, Bytes + byte_size(Data)).

%% -- two nodes --------------------------------------------------------------

%% The other node is a child of this one, which it talks to by its standard
%% input and output; between their sockets is SCTP.
two_nodes() ->
    {ok, Peer, _} = peer:start(#{connection => standard_io,
                                 args => ["-pa", filename:dirname(
                                            code:which(?MODULE))]}),
    {S, Port} = listener([{active, once}]),
    Self = self(),
    spawn_link(fun() ->
        Self ! {peer, peer:call(Peer, ?MODULE, peer_main, [Port],
                                2 * ?WAIT)}
    end),
    Id = receive
             {sctp, S, _, _,
              {_, #sctp_assoc_change{state = comm_up, assoc_id = A}}} -> A
         after ?WAIT -> exit(no_comm_up)
         end,
    %% 100 messages: one by one, by tens, then all; and each goes back.
    ok = inet:setopts(S, [{active, once}]),
    between(S, Id, 1),
    {ok, P} = gen_sctp:peeloff(S, Id),
    ok = inet:setopts(P, [{active, true}]),
    PId = receive
              {sctp, P, _, _, {[#sctp_sndrcvinfo{assoc_id = B}], <<"new">>}} ->
                  B
          after ?WAIT -> exit(nothing_peeled_off)
          end,
    {ok, [{sctp_status, #sctp_status{state = established}}]} =
        inet:getopts(P, [{sctp_status, #sctp_status{assoc_id = PId}}]),
    ok = gen_sctp:send(P, PId, 0, <<"seen">>),
    receive
        {sctp, P, _, _, {_, #sctp_assoc_change{state = shutdown_comp}}} -> ok
    after ?WAIT -> exit(no_eof)
    end,
    ok = inet:setopts(S, [{active, true}]),
    Up = receive
             {sctp, S, _, _,
              {_, #sctp_assoc_change{state = comm_up, assoc_id = D}}} -> D
         after ?WAIT -> exit(no_second)
         end,
    receive
        {sctp, S, _, _,
         {_, #sctp_assoc_change{state = comm_lost, assoc_id = Up}}} -> ok
    after ?WAIT -> exit(no_abort)
    end,
    receive {peer, ok} -> ok after ?WAIT -> exit(peer) end,
    ok = gen_sctp:close(P),
    ok = gen_sctp:close(S),
    ok = peer:stop(Peer),
    said("two nodes: connect, 100 messages, peeloff, eof, abort").

between(S, Id, 101) ->
    ok = inet:setopts(S, [{active, false}]),
    %% What is left of ten.
    {ok, [{active, false}]} = inet:getopts(S, [active]),
    Id;
between(S, Id, N) ->
    receive
        {sctp, S, _, _, {[#sctp_sndrcvinfo{stream = Stream, ppid = Ppid,
                                           assoc_id = Id}], <<N:32>> = Data}} ->
            ok = gen_sctp:send(S, #sctp_sndrcvinfo{stream = Stream,
                                                   ppid = Ppid,
                                                   assoc_id = Id}, Data),
            if N < 20 -> ok = inet:setopts(S, [{active, once}]);
               N =:= 20 -> ok = inet:setopts(S, [{active, 10}]);
               true -> ok
            end,
            between(S, Id, N + 1);
        {sctp_passive, S} ->
            ok = inet:setopts(S, [{active, 10}]),
            between(S, Id, N)
    after ?WAIT -> exit({no_message, N})
    end.

peer_main(Port) ->
    {S, _} = open([{active, false}]),
    Id = connect(S, Port),
    [begin
         ok = gen_sctp:send(S, #sctp_sndrcvinfo{stream = N rem 5, ppid = N,
                                                assoc_id = Id}, <<N:32>>),
         {#sctp_sndrcvinfo{stream = Stream, ppid = N}, <<N:32>>} = data(S),
         Stream = N rem 5
     end || N <- lists:seq(1, 100)],
    ok = gen_sctp:send(S, Id, 0, <<"new">>),
    {_, <<"seen">>} = data(S),
    ok = gen_sctp:eof(S, #sctp_assoc_change{assoc_id = Id}),
    Id = change(S, shutdown_comp),
    Second = connect(S, Port),
    ok = gen_sctp:abort(S, #sctp_assoc_change{assoc_id = Second}),
    Second = change(S, comm_lost),
    gen_sctp:close(S).
